-- BEFORE trigger on auth.users. It changes only the new row: auth.users has row security that no role of ours passes.
create or replace function app.stamp_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.org_for_user(
    new.id, new.email, new.raw_user_meta_data ->> 'invitation_token',
    new.email_confirmed_at is not null, coalesce(new.is_anonymous, false),
    -- Somebody who looked round without an account signs up when they give an address.
    case when tg_op = 'INSERT' then true else coalesce(old.is_anonymous, false) end);
begin
  if v_org_id is null then
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') - 'org_id';
  else
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') || jsonb_build_object('org_id', v_org_id);
  end if;
  return new;
end
$$;

comment on function app.stamp_user() is
  'Trigger: keeps raw_app_meta_data.org_id of a person in auth.users true, whoever writes the row and whatever they put there. An update that drops the stamp gets it back.';

select app.seal('app.stamp_user()', 'app_definer');
