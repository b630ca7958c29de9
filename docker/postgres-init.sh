#!/bin/bash
# Runs once, when the database volume is empty: the same three roles as embedded_postgres.py.
set -euo pipefail
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set=owner_password="$OWNER_DATABASE_PASSWORD" --set=app_password="$APP_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE baitiao_owner LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
CREATE ROLE baitiao_app LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'app_password';
CREATE ROLE baitiao_platform NOLOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT baitiao_platform TO baitiao_app WITH INHERIT FALSE, SET TRUE;
GRANT baitiao_platform TO baitiao_owner WITH INHERIT FALSE, SET TRUE;
GRANT baitiao_app TO baitiao_owner WITH INHERIT FALSE, SET TRUE;
CREATE DATABASE baitiao OWNER baitiao_owner;
SQL
