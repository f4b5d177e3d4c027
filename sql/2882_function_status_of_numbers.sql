create or replace function app.status_of_numbers(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'numbers', p_now, '15 minutes',
      count(*) filter (where r.open), min(r.updated_at) filter (where r.open), max(r.activated_at),
      case when bool_or(r.failed) then 'number_failed' end, max(r.updated_at) filter (where r.failed))
    from (
      select p.updated_at, p.activated_at, p.state in ('running', 'undoing', 'releasing') as open,
        p.error is not null and p.state <> 'released' and (p.state <> 'undone' or p.updated_at > p_now - interval '7 days')
          and p.created_at = max(p.created_at) over (partition by p.number) as failed
      from public.provisioning p
      where p.org_id = p_org_id
    ) r);
end
$$;

comment on function app.status_of_numbers(uuid, timestamptz) is
  'The area numbers of app.system_status: phone numbers that are being set up, changed or given back. number_failed: the latest attempt at a number ended, or tries again, with an error; one that was undone is told for a week.';

select app.seal('app.status_of_numbers(uuid, timestamptz)', null, 'app_writer');
