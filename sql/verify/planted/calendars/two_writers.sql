drop index public.calendar_links_writes;
insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id, writes, last_synced_at)
select org_id, resource_id, provider, 'second', true, app.now() from public.calendar_links;
