create or replace function app.is_staffs_word(p_lead_status text, p_by text)
returns boolean
language sql
immutable
parallel safe
begin atomic
  select coalesce(p_by = 'staff', p_lead_status in ('hot', 'warm', 'lost', 'booked'));
end;

comment on function app.is_staffs_word(text, text) is
  'Whether a member gave a contact this lead status (contacts.lead_status_by as p_by). Where that was not noted: any that only staff could give then.';

select app.seal('app.is_staffs_word(text, text)', null, 'app_writer');
