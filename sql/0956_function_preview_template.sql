create or replace function app.preview_template(
  p_kind text,
  p_language text,
  p_body text
)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- The numbers 555-0100 to 555-0199 are kept for fiction. A fixed Tuesday: the same wording shows the same preview.
  v_words text[] := app.local_words('2030-03-05 14:30+00', 'UTC', p_language);
begin
  perform app.require_org_id();
  perform app.check_template(p_kind, p_body);
  return app.render_text(btrim(p_body), jsonb_build_object(
    'clinic', 'Example Clinic', 'first_name', 'Robin', 'date', v_words[1], 'time', v_words[2],
    'visits', array_to_string(v_words, ', '), 'code', '123456', 'service', 'Checkup', 'practitioner', 'Dr. Example',
    'place', 'Main Street 1', 'phone', '+13125550100'));
end
$$;

comment on function app.preview_template(text, text, text) is
  'The wording as a patient would read it, with made-up values: an example clinic, a patient called Robin, a Tuesday, a code. Nothing of the clinic''s or a patient''s is in it. VX400 as in app.check_template.';

select app.seal('app.preview_template(text, text, text)', 'app_writer', 'tenant_user');
