"""What `make bench` runs: this service against the original 2023 design, on the machine at hand.

- `__main__`: the whole run; `machine`: the facts above the table; `table`: its rows
- `throughput`, `crowd`, `memory`, `startup`: one measure a file, each giving rows
- `servers`: starts either server in a directory of its own, and reads what it uses
- `rounds`: how much, and in which order; `bursts`: one load on one server
- `load`: the process that sends the requests; `baseline`: the original design

Needs Linux: processor time and memory are read from /proc.
"""
