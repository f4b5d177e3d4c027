create or replace function app.mail_invitation(
  p_invitation public.invitations,
  p_platform_mail text,
  p_request_id text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_provider text := p_platform_mail;
  v_mail text[] := app.invitation_mail(p_invitation);
  v_decision app.message_decision;
begin
  if exists (select from public.org_credentials c where c.org_id = v_org_id and c.provider = 'resend') then
    v_provider := 'resend';
  elsif p_platform_mail is null then
    return;
  end if;
  select * into v_decision
  from app.begin_message('invitation', 'email', v_mail[2], 'invitation:' || (p_invitation).token_id, null, v_provider,
    p_recipient => (p_invitation).email, p_subject => v_mail[1], p_hand_over => false, p_request_id => p_request_id);
  if v_decision.reason = 'too_soon' then
    -- The renewal is undone too: the link that was mailed last goes on working.
    raise exception 'this address was mailed three times within an hour; its last link works' using errcode = 'VX409';
  end if;
  update public.invitations i
  set message_id = v_decision.message_id
  where i.org_id = v_org_id and i.id = (p_invitation).id;
end
$$;

comment on function app.mail_invitation(public.invitations, text, text) is
  'Queues the e-mail of an invitation, through the clinic''s own Resend account or else p_platform_mail, the platform''s way; NULL: without an account of the clinic''s nothing goes out. A rule that forbids it (opted_out, daily_cap) leaves a blocked row, and the invitation stands. VX409 when the address had three within an hour.';

select app.seal('app.mail_invitation(public.invitations, text, text)', null, 'app_writer');
