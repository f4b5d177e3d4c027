create or replace function app.archive_exclusions()
returns setof app.archive_exclusion
language sql
immutable
set search_path = ''
as $$
  values
    -- Of one installation: its keys, its accounts at providers, what is under way there.
    ('agent_tools', null, 'tools of the account at Vapi of this installation; the tool sync registers them anew'),
    ('assistant_routes', null, 'assistants at Vapi belong to this installation; agents get new ones'),
    ('busy_blocks', null, 'the mirror of calendars; read anew once they are connected'),
    ('calendar_conflicts', null, 'found anew once calendars are connected'),
    ('calendar_events', null, 'events of connected calendars; found there by the visit once they are connected'),
    ('calendar_feeds', null, 'secret addresses at this installation'),
    ('calendar_links', null, 'hang on a connected account; calendars are connected and linked anew'),
    ('call_days', null, 'counted anew from the calls'),
    ('event_tickets', null, 'tickets of browsers, gone within the hour'),
    ('events', null, 'what live clients replay, gone within minutes'),
    ('idempotency_keys', null, 'requests to this installation, gone within a day'),
    ('invitations', null, 'tokens under a key of this installation; members are invited anew'),
    ('oauth_states', null, 'consents on their way, sealed with a key of this installation'),
    ('org_credentials', null, 'sealed with a key of this installation; accounts are connected anew'),
    ('org_tools', null, 'the summary of agent_tools'),
    ('profiles', null, 'people of this installation; who they are stands in members.jsonl'),
    ('provisioning', null, 'what was set up at Twilio and Vapi for this installation; numbers are set up anew'),
    ('provisioning_steps', null, 'as provisioning, and may hold addresses with passwords'),
    ('recording_share_openings', null, 'of recording_shares'),
    ('recording_shares', null, 'secret addresses at this installation'),
    ('web_tests', null, 'test calls from the dashboard, gone within a day'),
    ('webhook_deliveries', null, 'webhooks to this installation, gone within a day'),

    ('agents', 'creating_since', 'the sync at this installation'),
    ('agents', 'failures', 'the sync at this installation'),
    ('agents', 'lease_id', 'a worker of this installation'),
    ('agents', 'lease_until', 'a worker of this installation'),
    ('agents', 'retry_at', 'the sync at this installation'),
    ('agents', 'sync_error', 'the sync at this installation'),
    ('agents', 'sync_status', 'the sync at this installation'),
    ('agents', 'synced_at', 'the sync at this installation'),
    ('agents', 'synced_version', 'the sync at this installation'),
    ('agents', 'trace_context', 'a trace of this installation'),
    ('knowledge_versions', 'lease_until', 'a worker of this installation'),
    ('outbound_shares', 'last_taken_at', 'the turn among the clinics of this installation'),
    ('phone_numbers', 'vapi_phone_number_id', 'the account at Vapi of this installation'),
    ('recordings', 'lease_until', 'a worker of this installation'),
    ('recordings', 'source_url', 'a secret address that expires')
$$;

comment on function app.archive_exclusions() is
  'What the archive of a clinic leaves out of its rows, with the reason: tables, and columns, which get their default where the archive is imported. Whatever is not named here is exported, new tables and columns too.';

select app.seal('app.archive_exclusions()', null);
