"""Pages that both sites have, each in one place: addresses, views, forms. They ask the door like any front-end."""
