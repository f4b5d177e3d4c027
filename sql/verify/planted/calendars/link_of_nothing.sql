delete from public.org_credentials where provider = 'google_calendar';
