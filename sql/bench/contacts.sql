-- Contacts of the forty clinics of clinics.sql, to write to: so many that nobody is written to twice within a follow-up's minute.
-- bench.contacts says how many each has: making them takes longer than all else. Run once as the owner, after clinics.sql.
insert into public.contacts (org_id, id, name, phone)
select o.id, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Ann Quillfeather', '+1312556' || lpad(n::text, 4, '0')
from public.organizations o, generate_series(1, current_setting('bench.contacts')::integer) n
where o.slug ~ '^bench-[0-9]+$';
