create or replace function app.invitation_mail(p_invitation public.invitations)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_clinic text;
  v_zone text;
  v_inviter text;
begin
  -- Brackets would look like the place of the link.
  select translate(o.name, '[]', '()'), o.time_zone into strict v_clinic, v_zone
  from public.organizations o
  where o.id = (p_invitation).org_id;
  select translate(coalesce(nullif(btrim(p.name), ''), p.email), '[]', '()') into v_inviter
  from public.profiles p
  where p.org_id = (p_invitation).org_id and p.user_id = (p_invitation).invited_by;
  return array[
    format('Join %s', v_clinic),
    format(E'%s invites you to join the team of %s as %s.\nOpen this link to sign up or to sign in:\n[link]\n'
      'It is meant for this address only and works until %s. If you did not expect it, you need not do anything.',
      coalesce(v_inviter, 'A colleague'), v_clinic, (p_invitation).role,
      array_to_string(app.local_words((p_invitation).expires_at, v_zone, 'en'), ', '))];
end
$$;

comment on function app.invitation_mail(public.invitations) is
  'Subject and text of the e-mail of an invitation: who invites to which clinic as what, until when by the clinic''s clock. [link] stands for the link with the token, which no row holds.';

select app.seal('app.invitation_mail(public.invitations)', null, 'app_writer');
