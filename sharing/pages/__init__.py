"""Pages that both sites have, each in one place: addresses, views, forms. They use the door like any front-end."""
