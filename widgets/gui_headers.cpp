// SPDX-License-Identifier: GPL-3.0-or-later
// Nothing but the precompiled Qt headers that the window's libraries share (target_precompile_headers
// with REUSE_FROM): one compilation of them instead of one a library.
