-- Turns are given in the order in which they are asked for, at an even rate; what an account did not use it may catch up with
-- by a twenty-fourth of a minute's requests (20 of 480), so that a few visits at once do not wait.
create or replace function app.take_calendar_turn(p_provider text, p_account boolean, p_cost integer, p_rate integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_account bytea := ''::bytea;
  v_slack interval := interval '1 minute' / 24;
  v_next timestamptz;
  v_now timestamptz;
begin
  if p_cost is null or p_cost < 1 or p_rate is null or p_rate < 1 then
    raise exception 'a turn has a cost and a rate' using errcode = 'VX400';
  end if;
  if p_account then
    -- Clinics that share an account share its quota.
    v_account := coalesce((
      select c.account_hash
      from public.org_credentials c
      where c.org_id = v_org_id and c.account_hash is not null and app.calendar_provider(c.provider) = p_provider),
      sha256(v_org_id::text::bytea));
  end if;
  insert into public.calendar_pace (provider, account, next_at) values (p_provider, v_account, '-infinity') on conflict do nothing;
  select p.next_at into v_next from public.calendar_pace p where p.provider = p_provider and p.account = v_account for update;
  v_now := app.now();
  v_next := greatest(v_next, v_now - v_slack);
  update public.calendar_pace p
  set next_at = v_next + interval '1 minute' * p_cost / p_rate
  where p.provider = p_provider and p.account = v_account;
  return greatest(ceil(extract(epoch from v_next - v_now) * 1000), 0)::integer;
end
$$;

comment on function app.take_calendar_turn(text, boolean, integer, integer) is
  'Takes the next turn for p_cost requests to a provider (google, microsoft) and returns how many milliseconds to wait for it: of the clinic''s account (p_account), or of our app, at p_rate requests a minute. The turn is taken, whether the caller waits or not.';

select app.seal('app.take_calendar_turn(text, boolean, integer, integer)', 'app_definer', 'tenant_service', 'app_writer');
