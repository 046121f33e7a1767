-- What of the store is in the graph already.

create table if not exists known (
    kind text not null, key text not null, print text not null, subject text not null, object text,
    primary key (kind, key)
) without rowid;
create table if not exists check_facts (
    check_id integer primary key, language text, python text, undeclared text not null, limits text not null
);
create table if not exists tallies (name text primary key, print text not null) without rowid;
create table if not exists state (name text primary key, value text not null) without rowid;
