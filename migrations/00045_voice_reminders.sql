-- Reminders and steps of campaigns that are calls.

-- +goose Up
-- +goose StatementBegin
alter table public.organizations
  add column reminder_channel text not null default 'sms',
  add constraint organizations_reminder_channel check (reminder_channel in ('sms', 'voice', 'both'));
comment on column public.organizations.reminder_channel is
  'How reminders go out by themselves: sms, voice (a call; a text where the call cannot be asked for) or both.';

alter table public.campaign_steps
  add column channel text not null default 'sms',
  add constraint campaign_steps_channel check (channel in ('sms', 'voice'));
comment on column public.campaign_steps.channel is 'sms: the template is sent; voice: a call is made, and the agent is given the template''s words.';

-- In a block because sqlc, which reads this file, knows no attributes; it has the type from queries/_rowtypes.sql.
do $$
begin
  alter type app.outbound_dial add attribute words text;
end
$$;
comment on type app.outbound_dial is
  'A call that a dialer has in hand. outcome dial: ask Vapi for it now, once; put_off: it waits again; over: it will not be made; lost: another has it. visit is when the visit is that a reminder is about, in words; earliest_at and latest_at are NULL for a call that is made at once. words is what a campaign''s call is to say, see app.words_of_call.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
begin
  alter type app.outbound_dial drop attribute words;
end
$$;
alter table public.campaign_steps drop column channel;
alter table public.organizations drop column reminder_channel;
-- +goose StatementEnd
