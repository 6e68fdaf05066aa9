-- Once for the server of a domain, as its superuser: psql -v domain=wms -f roles.sql. Passwords or certificates are given to
-- the three roles afterwards; pg_hba.conf lets each of them into this database alone, with TLS.
CREATE ROLE bm_owner LOGIN NOINHERIT;
CREATE ROLE bm_app LOGIN NOINHERIT;
CREATE ROLE bm_relay LOGIN NOINHERIT;
CREATE DATABASE business_m_:domain OWNER bm_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE business_m_:domain FROM PUBLIC;
GRANT CONNECT ON DATABASE business_m_:domain TO bm_owner, bm_app, bm_relay;
\connect business_m_:domain
REVOKE ALL ON SCHEMA public FROM PUBLIC;
