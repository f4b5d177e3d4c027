create sequence public.worn maxvalue 10;
select setval('public.worn', 9);
