-- Nobody is written to. An invitation without an e-mail counts as soon as the address is confirmed, see app.org_for_user.
create or replace function app.import_members(p_org_id uuid, p_lines text[])
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := (0, 0, 0, 0, 0, 0);
  v_line text;
  v_member jsonb;
  v_email text;
  v_user_id uuid;
begin
  foreach v_line in array p_lines loop
    v_member := v_line::jsonb;
    v_email := lower(v_member ->> 'email');
    if v_email is null or coalesce(v_member ->> 'role', '') not in ('owner', 'admin', 'staff', 'viewer') then
      continue; -- an account without an address cannot be recognised elsewhere
    end if;
    select u.id into v_user_id
    from auth.users u
    where lower(u.email) = v_email and not coalesce(u.is_anonymous, false)
    order by u.email_confirmed_at is null, u.id
    limit 1;
    if exists (select from public.profiles p where p.user_id = v_user_id) then
      v_outcome.members_elsewhere := v_outcome.members_elsewhere + 1;
    elsif exists (select from auth.users u where u.id = v_user_id and u.email_confirmed_at is not null) then
      insert into public.profiles (org_id, user_id, role, name, email)
      values (p_org_id, v_user_id, v_member ->> 'role', left(v_member ->> 'name', 100), v_email);
      -- The trigger writes the stamp.
      update auth.users u set raw_app_meta_data = coalesce(u.raw_app_meta_data, '{}') where u.id = v_user_id;
      v_outcome.members_joined := v_outcome.members_joined + 1;
    else
      insert into public.invitations (org_id, email, role, token_hash, expires_at)
      values (p_org_id, v_email, case v_member ->> 'role' when 'owner' then 'admin' else v_member ->> 'role' end,
        sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), app.now() + interval '30 days');
      v_outcome.members_invited := v_outcome.members_invited + 1;
    end if;
  end loop;
  return v_outcome;
end
$$;

comment on function app.import_members(uuid, text[]) is
  'Makes the people of members.jsonl members of the imported clinic. Who has a confirmed account here under the same address and belongs to no clinic joins in the role that they had; who has none is invited for thirty days, an owner as admin, and joins by signing up and confirming the address; who belongs to another clinic stays there. No e-mail is sent. For the owner of the database.';

select app.seal('app.import_members(uuid, text[])', null);
