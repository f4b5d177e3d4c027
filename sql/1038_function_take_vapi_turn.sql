-- A gap between requests, kept in one row that all processes update. At the rates Vapi allows it is no bottleneck.
create or replace function app.take_vapi_turn(p_gap_ms integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_next timestamptz;
begin
  select p.next_at into v_next from public.vapi_pace p for update;
  v_now := app.now();
  v_next := greatest(v_next, v_now);
  update public.vapi_pace p set next_at = v_next + make_interval(secs => p_gap_ms / 1000.0);
  return ceil(extract(epoch from v_next - v_now) * 1000)::integer;
end
$$;

comment on function app.take_vapi_turn(integer) is
  'Takes the next turn for a request to Vapi, p_gap_ms after the one before, across all processes. Returns how many milliseconds to wait for it.';

select app.seal('app.take_vapi_turn(integer)', 'app_definer', 'voxanne_login');
