-- What is asked of the tables, by name. `:runs` and `:below` are lists in JSON; finished runs of days before
-- `:day` count as nights, except those with the note `:single`.

-- checks_by_run: how many there are
select run_id, count(*) from run_checks where run_id in (select value from json_each(:runs)) group by run_id;

-- tried_by_run: checks of repositories with code that tell something of it, as the funnel counts them: neither
-- inconclusive nor stopped by a limit before anything was built
select m.run_id, count(distinct m.check_id)
from run_checks m
join checks c on c.id = m.check_id
join rungs r on r.check_id = m.check_id and r.attempt_id is null and r.rung = 'code' and r.holds
where m.run_id in (select value from json_each(:runs))
      and not c.inconclusive and c.availability not in ('no_code', 'empty')
      and not (coalesce(c.blame, 'repository') <> 'repository'
               and coalesce(c.reached, 'code') in ('code', 'declared', 'resolved'))
group by m.run_id;

-- first_ways_by_run: checks whose code starts, by the first way by which it does
select run_id, case place when 0 then 'as_published' when 1 then 'period' else 'repaired' end, count(*)
from (
    select m.run_id, m.check_id,
           min(case a.way when 'as_published' then 0 when 'period' then 1 when 'repaired' then 2 end) as place
    from run_checks m
    join checks c on c.id = m.check_id and not c.inconclusive
    join attempts a on a.check_id = m.check_id
    join rungs r on r.attempt_id = a.id and r.rung = 'starts' and r.holds
    where m.run_id in (select value from json_each(:runs))
    group by m.run_id, m.check_id
)
group by run_id, place;

-- standings: what each run said of each target
select m.run_id, m.target, m.reused, c.availability, c.reached, c.way, c.cause, c.blame, c.inconclusive,
       c."commit", c.checker_version, c.started_at as checked_at
from run_checks m
join checks c on c.id = m.check_id
where m.run_id in (select value from json_each(:runs))
order by m.target;

-- recent: the newest check of each repository whose name holds a text
select max(c.id), r.host, r.owner, r.name, c."commit", c.availability, c.ecosystem, c.reached, c.way,
       c.cause, c.cause_summary, c.blame, c.inconclusive, c.started_at, c.seconds
from checks c
join (select repository_id, max(started_at) as at from checks group by repository_id) newest
     on newest.repository_id = c.repository_id and newest.at = c.started_at
join repositories r on r.id = c.repository_id
where instr(r.key, :like) > 0
group by c.repository_id
order by c.started_at desc, c.id desc
limit :most;

-- last_night: its date
select max(date) from runs where id < :run and date < :day and state = 'finished' and note <> :single;

-- last_checks: of each target of a run, the last conclusive check of a night, with the date of that night
-- With a list of rungs, a check does not count that got no further than these for a failure or limit of ours.
select target, check_id, date
from (
    select m.target, m.check_id, n.date, row_number() over (partition by m.target order by n.id desc) as place
    from run_checks m
    join runs n on n.id = m.run_id
    join checks c on c.id = m.check_id
    where n.id < :run and n.date < :day and n.state = 'finished' and n.note <> :single
          and not c.inconclusive
          and m.target in (select target from run_checks where run_id = :run)
          and (:below is null or not (
              c.availability in ('available', 'moved')
              and (c.reached is null or c.reached in (select value from json_each(:below)))
              and c.blame is not null and c.blame <> 'repository'))
)
where place = 1;

-- statuses: what papers said about their code on each night, the oldest first
select p.paper_id, p.code_status
from run_papers p
join runs n on n.id = p.run_id
where n.id < :run and n.date < :day and n.state = 'finished' and n.note <> :single
order by n.id;

-- promises: the first night on which each paper announced its code, with a link to it or (key null) without
select l.paper_id, r.key, min(n.date) as first
from links l
join runs n on n.id = l.run_id
join repositories r on r.id = l.repository_id
where n.id < :run and n.date < :day and n.state = 'finished' and n.note <> :single and l.promised
group by l.paper_id, r.key
union all
select p.paper_id, null, min(n.date)
from run_papers p
join runs n on n.id = p.run_id
where n.id < :run and n.date < :day and n.state = 'finished' and n.note <> :single
      and p.code_status = 'promised'
group by p.paper_id;

-- papers: every reading of a paper in a night, the oldest first
select p.paper_id, p.value, n.date
from run_papers p
join runs n on n.id = p.run_id
where n.note <> :single
order by n.id, p.position;

-- unfinished_run: the last run of a day over the same inputs
select * from runs where date = :day and inputs = :inputs order by id desc limit 1;

-- checks_of_run: the whole checks by the name of their target
select m.target, v.value
from run_checks m
join check_values v on v.check_id = m.check_id
where m.run_id = :run
order by m.target;

-- papers_of_run: whole papers in the order in which they were saved
select value from run_papers where run_id = :run order by position;

-- latest_check: the newest check of a repository
select v.value
from checks c
join check_values v on v.check_id = c.id
join repositories r on r.id = c.repository_id
where r.key = :key
order by c.started_at desc, c.id desc
limit 1;

-- fresh_check: the newest conclusive check of a commit by the same rules since a moment
select v.value
from checks c
join check_values v on v.check_id = c.id
join repositories r on r.id = c.repository_id
where r.key = :key and c."commit" = :commit and c.rules = :rules and not c.inconclusive
      and c.availability <> 'unreachable' and c.started_at >= :since
order by c.started_at desc, c.id desc
limit 1;

-- same_check: a check that was stored before
select c.id
from checks c
join repositories r on r.id = c.repository_id
where r.key = :key and c.started_at = :started_at and c."commit" is :commit
      and c.checker_version = :checker_version
order by c.id desc
limit 1;
