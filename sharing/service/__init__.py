"""How the service is: its health, what it ran, whether it can store, its replicas, where a request is from."""
