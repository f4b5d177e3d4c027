create or replace function app.judge_area(
  p_area text,
  p_now timestamptz,
  p_patience interval,
  p_waiting bigint,
  p_oldest_waiting_at timestamptz,
  p_last_success_at timestamptz,
  p_problem text,
  p_problem_at timestamptz
)
returns app.area_status
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_late constant boolean := coalesce(p_waiting > 0 and p_oldest_waiting_at < p_now - p_patience, false);
begin
  return row(
    p_area,
    case when p_problem is not null then 'failing' when v_late then 'delayed' when p_waiting > 0 then 'working' else 'ok' end,
    p_waiting, p_oldest_waiting_at, p_last_success_at,
    coalesce(p_problem, case when v_late then 'late' end),
    case when p_problem is not null then p_problem_at when v_late then p_oldest_waiting_at end)::app.area_status;
end
$$;

comment on function app.judge_area(text, timestamptz, interval, bigint, timestamptz, timestamptz, text, timestamptz) is
  'One row of app.system_status. p_patience: how long the oldest may wait before the area is delayed. p_problem: what people have to know of, NULL for nothing; it outranks lateness, which is the problem late.';

select app.seal('app.judge_area(text, timestamptz, interval, bigint, timestamptz, timestamptz, text, timestamptz)', null, 'app_writer');
