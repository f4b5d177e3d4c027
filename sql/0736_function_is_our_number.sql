create or replace function app.is_our_number(p_number text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.phone_numbers n where n.number = p_number)
$$;

comment on function app.is_our_number(text) is
  'Whether a number is answered by this platform, for whichever clinic: putting a caller through to one would ring us again.';

select app.seal('app.is_our_number(text)', 'app_definer', 'app_writer');
