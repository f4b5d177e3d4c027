delete from public.organizations where slug = 'harbor';
