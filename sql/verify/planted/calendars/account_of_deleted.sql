update public.organizations set deleted_at = app.now() - interval '25 hours' where id in (select org_id from public.calendar_links);
