#!/bin/sh
# Makes the secrets that compose.yaml reads, in secrets/: the database's password, its URL for the
# app, and a service token. What is there stays: a database keeps the password it was made with.
set -eu
cd "$(dirname "$0")/.."
umask 077
mkdir -p secrets
# One that was there already may be open to others.
chmod 700 secrets

# keep NAME VALUE: Compose mounts the file as it is, and the containers' users are strangers here.
# Nobody else gets that far, because the folder is closed to them.
keep() {
    if [ ! -s "secrets/$1" ]; then
        printf '%s\n' "$2" >"secrets/$1.new"
        chmod 444 "secrets/$1.new"
        mv "secrets/$1.new" "secrets/$1"
    fi
}

# By themselves, because a command that fails within the words of another one stops nothing.
password=$(openssl rand -hex 24)
token=$(openssl rand -hex 24)
keep database_password "$password"
keep database_url "postgresql://todo:$(cat secrets/database_password)@database/todo"
keep service_tokens "$token"
