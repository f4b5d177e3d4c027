create or replace function app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer)
returns app.page_span
language sql
immutable
parallel safe
begin atomic
  select case when not p_total_is_estimate and s.skip > p_total / 2
    then row(true, greatest(p_total - s.skip - p_limit, 0), greatest(least(p_total - s.skip, p_limit), 0))::app.page_span
    else row(false, s.skip, p_limit)::app.page_span end
  from (select (p_page - 1)::bigint * p_limit as skip) s;
end;

comment on function app.page_span(bigint, boolean, integer, integer) is
  'Where to read a page of a list of p_total rows: in its second half from the end, so that the last page costs what the first does. A page past the end takes no rows.';

select app.seal('app.page_span(bigint, boolean, integer, integer)', null, 'tenant_user', 'app_writer');
