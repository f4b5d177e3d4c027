create or replace function app.contacts_like(p_search text)
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_words text := lower(p_search);
  v_digits text := regexp_replace(p_search, '[^0-9]', '', 'g');
  v_found uuid[] := app.found_ids('visitor', p_search);
begin
  if v_found is not null then
    return query select unnest(v_found);
    return;
  end if;
  return query
  select c.id
  from public.contacts c
  where c.org_id = app.current_org_id()
    and (strpos(lower(c.name), v_words) > 0
      or strpos(lower(c.email), v_words) > 0
      or (char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]'
        and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0)));
end
$$;

comment on function app.contacts_like(text) is
  'The contacts whose name or e-mail address holds these words, whatever their case, or whose number holds these digits, however they are written (three or more).';

select app.seal('app.contacts_like(text)', null, 'tenant_user');
