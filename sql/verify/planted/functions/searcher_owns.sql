create function app.found_all() returns void language sql as '';
revoke all on function app.found_all() from public;
alter function app.found_all() owner to app_searcher;
