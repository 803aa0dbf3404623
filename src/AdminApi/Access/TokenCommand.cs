using System.CommandLine;
using System.Globalization;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// The portal started as <c>token</c>: makes, lists or revokes tokens of the local sign-in, whether the portal runs or not. A token goes to
/// standard output, all else that is said of it to standard error.
/// </summary>
internal static class TokenCommand
{
    private const int DefaultDays = 30;
    private const int MaxName = 200;

    public static Command Make()
    {
        var name = new Option<string>("--name")
        {
            Description = "Whose token it is: the name under which changes are recorded.",
            DefaultValueFactory = _ => Environment.UserName,
        };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: <= MaxName } text || !Roles.IsName(text))
            {
                result.AddError($"--name must have 1 to {MaxName} characters, among them one to see and no control or format characters.");
            }
        });
        var role = new Option<string>("--role")
        {
            Description = "What they may do: a reader sees everything, an editor changes it too.",
            DefaultValueFactory = _ => Roles.Reader,
        };
        role.AcceptOnlyFromAmong(Roles.Reader, Roles.Editor);
        var days = new Option<int>("--days")
        {
            Description = $"For how many days it is valid, from 1 to {LocalTokens.MaxDays}.",
            DefaultValueFactory = _ => DefaultDays,
        };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > LocalTokens.MaxDays)
            {
                result.AddError($"--days must be from 1 to {LocalTokens.MaxDays}.");
            }
        });
        var list = new Option<bool>("--list") { Description = "Lists the tokens that are good: id, last day, role, name." };
        var revoke = new Option<Guid?>("--revoke") { Description = "Revokes the token with this id, at once.", HelpName = "id" };

        var token = new Command("token", "Makes, lists or revokes tokens of the local sign-in.") { name, role, days, list, revoke };
        token.SetAction(result =>
        {
            var tokens = new LocalTokens(LocalSignIn.FindStore().Location.Folder);
            return result.GetValue(revoke) is { } id ? Revoke(tokens, id)
                : result.GetValue(list) ? List(tokens)
                : Make(tokens, result.GetValue(name)!, result.GetValue(role)!, result.GetValue(days));
        });
        return token;
    }

    private static int Make(LocalTokens tokens, string name, string role, int days)
    {
        var (text, token) = tokens.Make(name, role, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(days));
        Console.WriteLine(text);
        Console.Error.WriteLine($"This is a token for {name}, who is {role}, until {End(token)}. To revoke it: token --revoke {token.Id}");
        return 0;
    }

    private static int List(LocalTokens tokens)
    {
        foreach (var token in tokens.List())
        {
            Console.WriteLine($"{token.Id}  {End(token)}  {token.Role}  {token.Name}");
        }

        return 0;
    }

    private static int Revoke(LocalTokens tokens, Guid id)
    {
        var isRevoked = tokens.Revoke(id);
        Console.Error.WriteLine(isRevoked ? $"The token {id} is revoked." : $"There is no token {id}. See token --list.");
        return isRevoked ? 0 : 1;
    }

    private static string End(LocalToken token) => token.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
