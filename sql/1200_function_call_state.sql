create or replace function app.call_state(p_status text, p_outcome text, p_ended_reason text)
returns text
language sql
immutable
parallel safe
as $$
  select case
    when p_status <> 'ended' then 'in_progress'
    when p_outcome = 'failed' or p_outcome = 'missed' and p_ended_reason like '%error%' then 'failed'
    when p_outcome = 'voicemail' then 'missed'
    when p_outcome in ('missed', 'transferred') then p_outcome
    else 'completed'
  end
$$;

comment on function app.call_state(text, text, text) is
  'How a call stands, in the words of the dashboard: in_progress, completed, missed (nobody spoke, or only a machine), transferred, or failed where an error of ours or the provider''s ended it. Has no search_path so that it is inlined into lists.';

select app.seal('app.call_state(text, text, text)', null, 'app_writer', 'tenant_user');
