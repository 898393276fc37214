"""How gunicorn serves: two processes of four threads, recycled now and then, no application loaded before the fork."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
worker_class = "gthread"
max_requests = 20000
max_requests_jitter = 2000
timeout = 60
graceful_timeout = 20
keepalive = 5
loglevel = "warning"
control_socket_disable = True
