create function app.leak() returns void language sql security definer set search_path = '' as '';
revoke all on function app.leak() from public;
