#!/bin/sh
# Stands in for a C compiler of a phone's kit where only Rust is type-checked: every object that is asked for is empty.
while [ $# -gt 0 ]; do
  if [ "$1" = -o ]; then : > "$2"; fi
  shift
done
