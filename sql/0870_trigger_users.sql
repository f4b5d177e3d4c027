-- "create or replace trigger" works with the TRIGGER right alone; on Supabase auth.users belongs to another role.
create or replace trigger voxanne_stamp
before insert or update on auth.users
for each row execute function app.stamp_user();

create or replace trigger voxanne_provision
after insert or update on auth.users
for each row execute function app.provision_user();
