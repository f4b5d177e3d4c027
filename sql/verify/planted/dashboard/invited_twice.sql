update public.invitations set accepted_at = null;
