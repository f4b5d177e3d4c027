create or replace function app.opt_out(
  p_channel text,
  p_number text,
  p_source text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff', 'call')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted out so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  return app.note_opt_out(p_channel, p_number, app.number_hash(p_number), p_source);
end
$$;

comment on function app.opt_out(text, text, text) is
  'From now on nobody reaches this number (E.164) or e-mail address on a channel (sms, voice, email), whatever contact it belongs to. p_source: reply, carrier, call, or staff, which is what a member does (VX403 for viewers). Returns whether that is new. VX400 for an unknown channel or source, or one that is not who acts.';

select app.seal('app.opt_out(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
