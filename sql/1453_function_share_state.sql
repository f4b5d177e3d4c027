create or replace function app.share_state(
  p_revoked_at timestamptz,
  p_expires_at timestamptz,
  p_message_status text,
  p_now timestamptz
)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case
    when p_revoked_at is not null then 'revoked'
    when p_expires_at <= p_now then 'expired'
    when p_message_status in ('failed', 'blocked') then 'not_sent'
    else 'open'
  end
$$;

comment on function app.share_state(timestamptz, timestamptz, text, timestamptz) is
  'Whether a link opens now: open, or why not: revoked, expired, not_sent (its e-mail did not leave). p_message_status NULL: it has no e-mail.';

select app.seal('app.share_state(timestamptz, timestamptz, text, timestamptz)', null, 'app_writer');
