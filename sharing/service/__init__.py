"""The service itself: its health, its jobs, whether it can store, its replicas, where a request comes from."""
