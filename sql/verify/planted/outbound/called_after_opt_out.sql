update public.opt_outs set at = at - interval '2 minutes';
