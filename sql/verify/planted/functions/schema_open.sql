grant create on schema app to tenant_user;
