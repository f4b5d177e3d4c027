create or replace function app.score_of_status(p_lead_status text, p_score integer)
returns integer
language sql
immutable
parallel safe
begin atomic
  select case p_lead_status
    when 'hot' then greatest(p_score, 80)
    when 'warm' then least(greatest(p_score, 50), 79)
    when 'cold' then least(p_score, 49)
    else p_score
  end;
end;

comment on function app.score_of_status(text, integer) is
  'The lead score nearest to p_score that fits the status: hot from 80 on, warm from 50 on, cold below; booked and lost have any. Dashboards colour the score and name the status, and both must say the same.';

select app.seal('app.score_of_status(text, integer)', null, 'app_writer');
