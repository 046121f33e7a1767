-- What the store, attached as `results`, holds now.

-- All reads see one state of the store.
begin;

-- The check that stands for each repository: its newest, one that could tell before one that could not.
create temp table newest as
select check_id, repository_id from (
    select id as check_id, repository_id,
           row_number() over (partition by repository_id order by inconclusive, started_at desc, id desc) as place
    from results.checks
) where place = 1;
create index temp.newest_by_check on newest (check_id);

create temp view standing as
select c.* from newest join results.checks c on c.id = newest.check_id;

create temp view printed as
select *, target || char(10) || started_at || char(10) || coalesce("commit", '') || checker_version as print
from results.checks;

-- Of each kind a unique `key`, a `print` of all that counts, and what its triples need.

create temp view held_run as
select id as key, state || coalesce(finished_at, '') as print, id from results.runs;

create temp view held_paper as
select paper_id as key, print_of(value) as print, max(run_id), value from results.run_papers group by paper_id;

create temp view held_check as
select id as key, print, id from printed;

create temp view held_member as
select m.run_id || ':' || m.check_id as key, c.print, r.date, m.run_id, c.id
from results.run_checks m
join printed c on c.id = m.check_id join results.runs r on r.id = m.run_id;

create temp view held_latest as
select repository_id as key, print, id from printed where id in (select check_id from newest);

create temp view held_differs as
select c.id as key, c.print || char(10) || b.print as print, c.id, b.id as before
from (
    select id, lag(id) over same as before,
           coalesce(reached, '') || coalesce(way, '') || availability as outcome,
           lag(coalesce(reached, '') || coalesce(way, '') || availability) over same as outcome_before
    from results.checks where not inconclusive and "commit" is not null
    window same as (partition by repository_id, "commit" order by started_at, id)
) pairs
join printed c on c.id = pairs.id join printed b on b.id = pairs.before
where outcome <> outcome_before;
