create or replace function app.find_channel(p_channel_id text, p_token_hash bytea)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.channel_token_hash = p_token_hash and l.channel_id = p_channel_id;
end
$$;

comment on function app.find_channel(text, bytea) is
  'Which calendar a push is about, by its channel''s id and the SHA-256 of its secret; no row for a former channel or a stranger.';

select app.seal('app.find_channel(text, bytea)', 'app_definer', 'voxanne_login');
