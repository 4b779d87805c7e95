using ConfidentialOperator.KeyBroker.Storage;
using Microsoft.Data.Sqlite;

namespace ConfidentialOperator.KeyBroker.Endpoints;

/// <summary>Liveness, and readiness: the database answers.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => Results.Text("ok"));
        routes.MapGet("/readyz", (BrokerDatabase database) => IsReady(database)
            ? Results.Text("ok") : Results.Text("The database does not answer.", statusCode: StatusCodes.Status503ServiceUnavailable));
    }

    private static bool IsReady(BrokerDatabase database)
    {
        try
        {
            return database.Read(connection => connection.Scalar("SELECT count(*) FROM meta")) is not null;
        }
        catch (SqliteException)
        {
            return false;
        }
    }
}
