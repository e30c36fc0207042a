"""EduNet, for officers of the Education Department: addresses, pages and the network gate. It owns no data."""
