grant execute on function app.announce(text, text, uuid) to pg_monitor;
