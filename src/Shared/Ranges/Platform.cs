namespace ClientVpnAdmin.Ranges;

/// <summary>The operating systems that OpenVPN's clients name, in lower case.</summary>
/// <remarks>OpenVPN 2's ssl.c (IV_PLAT) and OpenVPN 3's platform_name.hpp.</remarks>
public enum Platform
{
    Android,
    Freebsd,
    Ios,
    Linux,
    Mac,
    Netbsd,
    Openbsd,
    Solaris,
    Uwp,
    Win,
}
