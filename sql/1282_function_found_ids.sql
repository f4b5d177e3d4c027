create or replace function app.found_ids(p_what text, p_search text)
returns uuid[]
language plpgsql
stable
strict
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  c_most constant integer := 5000; -- so many rows are read one by one faster than all are compared
  v_org_id uuid := app.require_org_id();
  v_words text := lower(btrim(p_search));
  v_digits text := regexp_replace(p_search, '[^0-9]', '', 'g');
  v_like text := '%' || replace(replace(replace(v_words, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_lower text := lower(v_like collate "und-x-icu"); -- as contacts.search_text is written
  v_is_number boolean := char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]';
  v_ids uuid[];
begin
  -- Three letters or digits in a row is what an index of words can be asked for.
  if (p_what = 'call' and char_length(v_digits) < 3)
    or (p_what <> 'call' and v_words !~ '[[:alnum:]]{3}' and not (p_what = 'visitor' and v_is_number))
  then
    return null;
  end if;
  v_ids := case p_what
    when 'contact' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like app.contact_search(p_search)
      limit c_most + 1)
    when 'visitor' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id
        and (c.search_text like v_lower or c.search_text like case when v_is_number then '%' || v_digits || '%' else v_lower end)
        and (strpos(lower(c.name), v_words) > 0 or strpos(lower(c.email), v_words) > 0
          or v_is_number and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0))
      limit c_most + 1)
    when 'caller' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like v_lower and strpos(lower(c.name), v_words) > 0
      limit c_most + 1)
    when 'patient' then array(
      select p.id from public.patients p
      where p.org_id = v_org_id and lower(p.name) like v_like
      limit c_most + 1)
    when 'call' then array(
      select c.id from public.call_logs c
      where c.org_id = v_org_id and case c.direction when 'outbound' then c.to_number else c.from_number end like '%' || v_digits || '%'
      limit c_most + 1)
    when 'message' then array(
      select m.id from public.messages m
      where m.org_id = v_org_id and lower(m.recipient || ' ' || coalesce(m.subject || ' ', '') || m.content) like v_like
      limit c_most + 1)
  end;
  return case when cardinality(v_ids) <= c_most then v_ids end;
end
$$;

comment on function app.found_ids(text, text) is
  'The tenant''s own rows in which p_search stands, found by an index of words. p_what: contact (as app.contact_search compares), visitor (as app.contacts_like), caller (contacts, by name), patient (by name), call (by the other side''s number) or message. NULL where no index helps, because p_search is shorter than three letters or stands in more than 5000 rows: then the caller compares row by row. Any case, no wildcards.';

select app.seal('app.found_ids(text, text)', 'app_searcher', 'tenant_user', 'app_writer');
