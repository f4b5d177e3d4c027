create or replace function app.redact_emails(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- Spoken: "j dot quill at patients dot example", letter by letter too, and half-written "j.quill at patients.example".
  v_part constant text := '[[:alnum:]_+-]+';
  v_join constant text := '(?:\s*\.\s*|\s+(?:dot|period|point|underscore|dash|hyphen|plus)\s+)';
begin
  p_text := regexp_replace(p_text, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'gi');
  return regexp_replace(p_text,
    '\m(?:[[:alnum:]][\s-]+)*(?:' || v_part || v_join || ')*' || v_part || '\s+(?:at|\(at\)|@)\s+'
      || '(?:[[:alnum:]][\s-]+)*' || v_part || '(?:' || v_join || v_part || ')*(?:\s+(?:dot|period|point)\s+|\.)[[:alpha:]]{2,}\M',
    '[email]', 'gi');
end
$$;

comment on function app.redact_emails(text) is
  'The text with every e-mail address, written or spoken ("j dot quill at patients dot example"), replaced by [email].';

select app.seal('app.redact_emails(text)', null, 'tenant_service', 'app_writer');
