create function app.fresh() returns void language sql as '';
grant execute on function app.fresh() to public;
