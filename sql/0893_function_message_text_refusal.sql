create or replace function app.message_text_refusal(
  p_category text,
  p_method text,
  p_content text
)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when coalesce(p_content, '') = '' then 'empty'
    -- 160 is what 47 CFR 64.1200(a)(9)(iv) allows a health care text; three times that holds several visits of a family.
    when p_method = 'sms' and char_length(p_content) > case when p_category in ('follow_up', 'marketing') then 160 else 480 end
      then 'too_long'
  end
$$;

comment on function app.message_text_refusal(text, text, text) is
  'Why a text cannot be sent as it is: empty, or too_long (sms: more than 160 code points for a follow-up or marketing, 480 for the rest; an e-mail has no limit). NULL: it can.';

select app.seal('app.message_text_refusal(text, text, text)', null, 'app_writer');
