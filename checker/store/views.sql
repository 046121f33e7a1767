-- The common questions, answered by name.

create view repository_results as
select runs.date, runs.id as run_id, repositories.owner || '/' || repositories.name as repository,
       checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive,
       checks."commit", run_checks.reused, checks.seconds, checks.id as check_id
from run_checks
join runs on runs.id = run_checks.run_id
join checks on checks.id = run_checks.check_id
join repositories on repositories.id = checks.repository_id;

create view paper_results as
select runs.date, links.run_id, papers.id as paper_id, papers.title, links.url,
       checks.availability, checks.reached, checks.way, checks.cause, checks.inconclusive
from links
join runs on runs.id = links.run_id
join papers on papers.id = links.paper_id
left join checks on checks.repository_id = links.repository_id
     and checks.id in (select check_id from run_checks where run_checks.run_id = links.run_id);

create view causes_by_run as
select runs.date, runs.id as run_id, checks.cause, checks.blame, count(*) as repositories
from run_checks
join runs on runs.id = run_checks.run_id
join checks on checks.id = run_checks.check_id
where checks.cause is not null
group by runs.id, checks.cause, checks.blame;

create view changes_by_night as
select runs.date, runs.id as run_id, changes.kind, changes.subject, changes.repository, changes.before,
       changes.after, changes.reason, changes.packages
from changes
join runs on runs.id = changes.run_id
order by runs.id desc, changes.position;

create view rungs_by_run as
select runs.date, runs.id as run_id, rungs.rung, rungs.height,
       sum(rungs.holds is 1) as holds, sum(rungs.holds is 0) as fails, sum(rungs.holds is null) as untold
from run_checks
join runs on runs.id = run_checks.run_id
join rungs on rungs.check_id = run_checks.check_id and rungs.attempt_id is null
group by runs.id, rungs.rung, rungs.height;

create view rungs_by_way as
select attempts.way, rungs.rung, rungs.height, count(distinct rungs.check_id) as repositories
from rungs
join attempts on attempts.id = rungs.attempt_id
where rungs.holds is 1
group by attempts.way, rungs.rung, rungs.height;

create view repositories_now as
select repositories.owner || '/' || repositories.name as repository, c.availability, c.reached, c.way,
       c.cause, c.blame, c.inconclusive, c."commit", c.licence, c.started_at, c.seconds, c.id as check_id
from (
    select id, row_number() over (
        partition by repository_id order by inconclusive, started_at desc, id desc) as place
    from checks
) newest
join checks c on c.id = newest.id and newest.place = 1
join repositories on repositories.id = c.repository_id;

create view same_commit_other_outcome as
select repositories.owner || '/' || repositories.name as repository, pairs."commit",
       pairs.started_at_before, pairs.reached_before, pairs.way_before,
       pairs.started_at as started_at_after, pairs.reached as reached_after, pairs.way as way_after,
       pairs.check_id_before, pairs.id as check_id_after
from (
    select id, repository_id, "commit", started_at, reached, way, availability,
           lag(id) over same as check_id_before, lag(started_at) over same as started_at_before,
           lag(reached) over same as reached_before, lag(way) over same as way_before,
           lag(availability) over same as availability_before
    from checks where not inconclusive and "commit" is not null
    window same as (partition by repository_id, "commit" order by started_at, id)
) pairs
join repositories on repositories.id = pairs.repository_id
where pairs.check_id_before is not null
      and (reached is not reached_before or way is not way_before
           or availability <> availability_before);

create view promised_code as
select papers.id as paper_id, papers.title, papers.published, links.url, now.availability, now.check_id
from run_papers
join papers on papers.id = run_papers.paper_id
left join links on links.run_id = run_papers.run_id and links.paper_id = run_papers.paper_id
left join repositories on repositories.id = links.repository_id
left join repositories_now now on now.repository = repositories.owner || '/' || repositories.name
where run_papers.code_status = 'promised'
      and run_papers.run_id = (select max(run_id) from run_papers r where r.paper_id = run_papers.paper_id)
order by papers.published;

create view missing_by_name as
select missing.kind, missing.name, count(distinct checks.repository_id) as repositories
from missing
join checks on checks.id = missing.check_id
group by missing.kind, missing.name;

create view failing_steps as
select repositories.owner || '/' || repositories.name as repository, attempts.way, steps.name, steps.phase,
       steps.status, steps.exit_code, steps.cause, steps.log_excerpt, checks.id as check_id
from steps
join attempts on attempts.id = steps.attempt_id
join checks on checks.id = attempts.check_id
join repositories on repositories.id = checks.repository_id
where steps.status not in ('passed', 'skipped');

create view repairs_that_helped as
select repairs.name, repairs.signature, count(distinct attempts.check_id) as repositories
from repairs
join attempts on attempts.id = repairs.attempt_id
join checks on checks.id = attempts.check_id and checks.way = 'repaired'
     and checks.reached = attempts.reached
group by repairs.name, repairs.signature;
